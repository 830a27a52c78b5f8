/** Each service does all of its work in MongoDB as the user that docker/mongodb/users.js makes for it, and that user does no other. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { gatewayStoreContract, readModelsContract } from '@hse/contracts/testing';
import { describeWithOwn, startMongo, type MongoEngine } from '@hse/engines';
import {
  createManualTimers,
  deadlineStoreContract,
  parkedStreamsContract,
} from '@hse/event-sourcing/testing';
import { createTimers, silentLogger } from '@hse/service-kit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Db, Document } from 'mongodb';
import { connectMongo, type MongoConnection } from './connect.ts';
import { openMongoDeadlineStore } from './deadline-store.ts';
import { openMongoGatewayStore } from './gateway-store.ts';
import { beginRebuild } from './generations.ts';
import { openMongoLiveUpdates } from './live-updates.ts';
import { openMongoParkedStreams } from './parked-streams.ts';
import { openMongoReadModelsSnapshot } from './read-models-snapshot.ts';
import { openMongoReadModels } from './read-models.ts';
import { openMongoSharedClock } from './shared-clock.ts';
import { notificationOf, recordOf } from './testing/samples.ts';

const script = readFileSync(
  fileURLToPath(new URL('../../../../docker/mongodb/users.js', import.meta.url)),
  'utf8',
);
const database = 'session-requests';
const password = 'for-this-test';
const services = ['gateway', 'requests', 'expiry', 'notifications'] as const;
type Service = (typeof services)[number];
const passwords = Object.fromEntries(
  [...services, 'admin'].map((name) => [`${name.toUpperCase()}_PASSWORD`, password]),
);

describeWithOwn('mongodb', 'as a user of MongoDB', () => {
  let mongo: MongoEngine | undefined;
  const connections: MongoConnection[] = [];
  const connect = async (user?: string): Promise<MongoConnection> => {
    const address = new URL(mongo?.url ?? '');
    address.pathname = database;
    if (user !== undefined) Object.assign(address, { username: user, password });
    if (user === 'admin') address.searchParams.set('authSource', 'admin');
    const connection = await connectMongo({ url: address.href, database, logger: silentLogger });
    connections.push(connection);
    return connection;
  };
  let admin: Db;
  let as: Record<Service, Db>;

  /**
   * Runs the script as mongosh does, but for one thing: mongosh waits for each answer. So questions are asked before, and
   * what changes something is carried out after.
   */
  const makeUsers = async (settings: Record<string, string> = {}): Promise<void> => {
    const first = connections.length === 0;
    const connection = first ? await connect() : undefined;
    const questions = [
      { rolesInfo: 1 },
      { usersInfo: 1 },
      { find: 'readModels', limit: 1, singleBatch: true },
    ];
    const answers = new Map<string, Document>();
    for (const question of questions)
      if (!first) answers.set(Object.keys(question)[0] ?? '', await admin.command(question));
    const none = { roles: [], users: [], cursor: { firstBatch: [] } };
    const changes: (readonly [database: string, command: Document])[] = [];
    let isMade = !first;
    const getSiblingDB = (name: string) => ({
      runCommand(command: Document) {
        const [verb = ''] = Object.keys(command);
        if (verb === 'connectionStatus') return { authInfo: { authenticatedUsers: [] } };
        if (questions.some((question) => verb in question)) return answers.get(verb) ?? none;
        if (command['createUser'] === 'admin') isMade = true;
        changes.push([name, command]);
        return { ok: 1 };
      },
      auth() {
        if (!isMade) throw new Error('Authentication failed.');
      },
    });
    const context = {
      db: { getSiblingDB },
      print: () => {},
      process: { env: { ...passwords, ...settings } },
    };
    runInContext(script, createContext(context));
    for (const [name, command] of changes) {
      if (command['createUser'] === 'admin') {
        await connection?.client.db(name).command(command);
        admin = (await connect('admin')).db;
      } else await admin.client.db(name).command(command);
    }
  };

  beforeAll(async () => {
    mongo = await startMongo({ authorization: true });
    // With a simulated clock every service has a user.
    await makeUsers({ CLOCK: 'simulated' });
    const own = await Promise.all(services.map(async (name) => [name, (await connect(name)).db] as const));
    as = Object.fromEntries(own) as Record<Service, Db>;
  }, 60_000);
  afterAll(async () => {
    await Promise.all(connections.map((connection) => connection.close()));
    await mongo?.remove();
  });

  /** Of documents: collections would have to be made anew. */
  const empty = async () => {
    const all = await admin.listCollections({}, { nameOnly: true }).toArray();
    await Promise.all(all.map(({ name }) => admin.collection(name).deleteMany({})));
  };
  const timers = createManualTimers();

  describe('expiry', () => {
    deadlineStoreContract('its user', {
      open: async () => {
        await empty();
        return openMongoDeadlineStore({ db: as.expiry });
      },
      share: () => openMongoDeadlineStore({ db: as.expiry }),
    });
    parkedStreamsContract('its user', {
      open: async () => {
        await empty();
        return openMongoParkedStreams({ db: as.expiry });
      },
      share: () => openMongoParkedStreams({ db: as.expiry }),
    });
  });

  describe('notifications', () => {
    readModelsContract('its user', {
      open: async () => {
        await empty();
        return openMongoReadModels({ db: as.notifications, timers });
      },
      reopen: () => openMongoReadModels({ db: as.notifications, timers }),
    });

    it('rebuilds, compares, and parks', async () => {
      await empty();
      const models = await openMongoReadModels({ db: as.notifications, timers });
      await models.apply({ records: [recordOf('a', 1)], notifications: [], checkpoint: 1 });
      for (const number of ['2', '3']) {
        const rebuild = await beginRebuild(as.notifications);
        await rebuild.mirror();
        await models.apply({ records: [recordOf('b', 2)], notifications: [], checkpoint: 2 });
        await rebuild.replace(2);
        await rebuild.end();
        expect(await models.generation?.()).toBe(number);
      }
      const snapshot = await openMongoReadModelsSnapshot({ db: as.notifications });
      const ids: string[] = [];
      for await (const { state } of snapshot.records()) ids.push(state.requestId);
      expect(ids).toEqual(['b']);
      await snapshot.close();
      const parked = await openMongoParkedStreams({ db: as.notifications });
      await parked.unpark('notifications', 'none');
    });
  });

  describe('gateway', () => {
    gatewayStoreContract('its user', {
      open: async () => {
        await empty();
        return openMongoGatewayStore({ db: as.gateway });
      },
      reopen: () => openMongoGatewayStore({ db: as.gateway }),
    });

    it('reads what notifications writes, live too, and decides about what is parked', async () => {
      await admin.dropDatabase();
      await expect(openMongoReadModels({ db: as.gateway, timers })).rejects.toThrow(
        'The collection readModels is not there yet, and this user of MongoDB may not make it',
      );
      const written = await openMongoReadModels({ db: as.notifications, timers });
      const seen = await openMongoReadModels({ db: as.gateway, timers });
      const live = await openMongoLiveUpdates({
        db: as.gateway,
        timers: createTimers(),
        logger: silentLogger,
      });
      const told = new Promise((resolve) => live.subscribe(resolve));
      const record = recordOf('a', 1);
      await written.apply({ records: [record], notifications: [notificationOf(record)], checkpoint: 1 });
      expect(await told).toEqual([expect.objectContaining({ record, position: 1 })]);
      expect(await seen.load(['a'])).toEqual([record]);
      await live.close();

      const parking = await openMongoParkedStreams({ db: as.expiry });
      const stream = { group: 'expiry', stream: 's', partition: 0, fromRevision: 0, reason: 'a reason' };
      await parking.park({ ...stream, attempts: 1, parkedAt: '2026-11-22T12:00:00.000Z' });
      const parked = await openMongoParkedStreams({ db: as.gateway });
      expect(await parked.decide('expiry', 's', 'retry')).toBe(true);
      expect(await parked.list()).toMatchObject([{ stream: 's', state: 'retry' }]);
    });
  });

  it('requests, expiry and gateway share a simulated clock', async () => {
    await empty();
    const clocks = await Promise.all(
      (['requests', 'expiry', 'gateway'] as const).map((name) =>
        openMongoSharedClock({ db: as[name], start: 1_000, timers: createTimers(), logger: silentLogger }),
      ),
    );
    const reached = Promise.all(
      clocks.map((clock) => new Promise<void>((resolve) => clock.wakeAt(2_000, resolve))),
    );
    await clocks[0]?.advanceTo(2_000);
    await reached;
    const deadlines = await openMongoDeadlineStore({ db: as.expiry }).then(() =>
      openMongoDeadlineStore({ db: as.gateway }),
    );
    expect([await deadlines.checkpoint(), await deadlines.nextAt()]).toEqual([0, undefined]);
    await Promise.all(clocks.map((clock) => clock.close()));
  });

  describe('no service', () => {
    beforeEach(async () => {
      await empty();
      await openMongoReadModels({ db: as.notifications, timers });
      await openMongoDeadlineStore({ db: as.expiry });
      await openMongoParkedStreams({ db: as.expiry });
      await openMongoGatewayStore({ db: as.gateway });
    });

    const insert = (into: string): Document => ({ insert: into, documents: [{ _id: 'x' }] });
    const update = (what: string): Document => ({
      update: what,
      updates: [{ q: {}, u: { $set: { a: 1 } }, multi: true }],
    });
    const remove = (from: string): Document => ({ delete: from, deletes: [{ q: {}, limit: 0 }] });
    const find = (what: string): Document => ({ find: what });
    const ofGateway = ['idempotencyKeys', 'readMarks', 'browserSessions', 'participants', 'audit'];
    const ofReadModels = ['readModels', 'sessionRequests_1', 'notifications_1'];
    const ofExpiry = ['deadlines', 'deadlineProgress'];
    const any = (collections: readonly string[]) =>
      collections.flatMap((name) => [find(name), insert(name), update(name), remove(name), { drop: name }]);
    const change = (collections: readonly string[]) =>
      collections.flatMap((name) => [
        insert(name),
        update(name),
        remove(name),
        { collMod: name },
        { drop: name },
      ]);
    const beyond: Document[] = [
      insert('anotherCollection'),
      { create: 'anotherCollection' },
      { dropDatabase: 1 },
      { usersInfo: 1 },
      { createUser: 'x', pwd: 'x', roles: [] },
      { grantRolesToUser: 'gateway', roles: ['notifications'] },
      { find: 'audit', $db: 'another' },
    ];
    const forbidden: Record<Service, Document[]> = {
      requests: [...any([...ofGateway, ...ofReadModels, ...ofExpiry, 'parkedStreams'])],
      expiry: [...any([...ofGateway, ...ofReadModels]), ...ofExpiry.map(remove), { drop: 'deadlines' }],
      notifications: [...any([...ofGateway, ...ofExpiry]), remove('readModels'), { drop: 'readModels' }],
      gateway: [
        ...change([...ofReadModels, ...ofExpiry]),
        ...['audit', 'participants', 'readMarks', 'parkedStreams'].map(remove),
        update('audit'),
        insert('parkedStreams'),
        ...ofGateway.map((name) => ({ drop: name })),
      ],
    };

    it.each(services)('%s does what is not its work', async (name) => {
      const allowed: Document[] = [];
      for (const { $db = database, ...command } of [...forbidden[name], ...beyond]) {
        const outcome = as[name].client.db($db as string).command(command);
        const code: unknown = await outcome.then(
          () => 'done',
          (error: unknown) => (error as { codeName?: string }).codeName,
        );
        if (code !== 'Unauthorized') allowed.push({ command, code });
      }
      expect(allowed).toEqual([]);
    });

    it('lets the audit trail expire where services only use what is there', async () => {
      const expiring = {
        createIndexes: 'audit',
        indexes: [{ key: { at: 1 }, name: 'expiring', expireAfterSeconds: 1 }],
      };
      await makeUsers({ CLOCK: 'simulated', COLLECTIONS: 'check' });
      await expect(as.gateway.command(expiring)).rejects.toMatchObject({ codeName: 'Unauthorized' });
      for (const open of [openMongoGatewayStore, openMongoParkedStreams]) await open({ db: as.gateway });
      await openMongoDeadlineStore({ db: as.expiry });
      await openMongoReadModels({ db: as.notifications, timers });
      await makeUsers({ CLOCK: 'simulated' });
      await as.gateway.command(expiring);
    });
  });

  it('requests is none where the clock is not simulated, and nobody is without a password', async () => {
    await makeUsers();
    const { users } = await admin.command({ usersInfo: 1 });
    expect((users as { user: string }[]).map(({ user }) => user).sort()).toEqual([
      'expiry',
      'gateway',
      'notifications',
    ]);
    await expect(as.gateway.command({ find: 'clock' })).rejects.toMatchObject({ codeName: 'Unauthorized' });
    await expect(connect()).resolves.toBeDefined();
    const { db } = connections.at(-1) as MongoConnection;
    await expect(db.command({ find: 'audit' })).rejects.toMatchObject({ codeName: 'Unauthorized' });
    await expect(makeUsers({ EXPIRY_PASSWORD: '' })).rejects.toThrow('EXPIRY_PASSWORD is not set.');
  });
});
