/* global db, print */
// A user for each service in MongoDB, with a role on exactly the collections that it works with. For mongosh; docker-compose.yml
// runs it at every start. It can be repeated: passwords and rights are then as it says, whatever they were.
//
//   MONGODB_DATABASE        default session-requests; the users are in it, too, so a connection string needs no authSource
//   <SERVICE>_PASSWORD      of gateway, expiry and notifications, and of requests with CLOCK=simulated
//   ADMIN_PASSWORD          of the user `admin`. Where there is no user at all, it is made, which MongoDB allows from its own machine;
//                           not needed where mongosh is logged in already, as somebody who may make users and read the read models
//   CLOCK                   simulated: services share a clock; default: they do not
//   COLLECTIONS             create (default): services make what they work with, and change its indexes and validators;
//                           check: they only use it, so that nobody can let an index expire the audit trail. For between two releases
const {
  MONGODB_DATABASE: name = 'session-requests',
  CLOCK: clock = 'system',
  COLLECTIONS: collections = 'create',
} = process.env;

const passwordOf = (user) => {
  const variable = `${user.toUpperCase()}_PASSWORD`;
  const password = process.env[variable];
  if (!password) throw new Error(`${variable} is not set.`);
  return password;
};

const admin = db.getSiblingDB('admin');
const database = db.getSiblingDB(name);

if (admin.runCommand({ connectionStatus: 1 }).authInfo.authenticatedUsers.length === 0) {
  const password = passwordOf('admin');
  try {
    admin.auth('admin', password);
  } catch {
    admin.runCommand({ createUser: 'admin', pwd: password, roles: ['root'] });
    admin.auth('admin', password);
  }
}

// --- what the adapters do (libs/read-models/src/mongodb) --------------------------------------------------------------

const read = ['find', 'listIndexes'];
const append = [...read, 'insert'];
const write = [...read, 'insert', 'update'];
const writeAndRemove = [...write, 'remove'];
const make = ['createCollection', 'createIndex', 'collMod'];

const on = (collection, actions) => ({ resource: { db: name, collection }, actions });
const own = (collection, actions) =>
  on(collection, collections === 'check' ? actions : [...actions, ...make]);

// A right is about one collection, by its whole name, and each rebuild makes two with a number of their own. So there are rights
// for a hundred rebuilds to come.
const pointer = database.runCommand({ find: 'readModels', limit: 1, singleBatch: true }).cursor.firstBatch[0];
const generations = Array.from({ length: Number(pointer?.newest ?? 0) + 100 }, (_, before) => before + 1);
const everyGeneration = (actions) =>
  generations.flatMap((number) => [
    on(`sessionRequests_${number}`, actions),
    on(`notifications_${number}`, actions),
  ]);

const simulated = clock === 'simulated';
const sharedClock = simulated ? [own('clock', [...write, 'changeStream'])] : [];
const rights = {
  requests: sharedClock,
  expiry: [
    own('deadlines', write),
    own('deadlineProgress', write),
    own('parkedStreams', writeAndRemove),
    ...sharedClock,
  ],
  notifications: [
    own('readModels', write),
    ...everyGeneration([...writeAndRemove, ...make, 'dropCollection']),
    own('parkedStreams', writeAndRemove),
  ],
  gateway: [
    own('idempotencyKeys', writeAndRemove),
    own('readMarks', write),
    own('browserSessions', writeAndRemove),
    own('participants', write),
    own('audit', append),
    on('parkedStreams', [...read, 'update']),
    on('readModels', [...read, 'changeStream']),
    ...everyGeneration(read),
    ...(simulated ? [on('deadlines', read), on('deadlineProgress', read)] : []),
    ...sharedClock,
  ],
};

// --- which users there are --------------------------------------------------------------------------------------------

const roles = database.runCommand({ rolesInfo: 1 }).roles.map(({ role }) => role);
const users = database.runCommand({ usersInfo: 1 }).users.map(({ user }) => user);

for (const [service, own] of Object.entries(rights)) {
  const isThere = users.includes(service);
  if (own.length === 0) {
    if (isThere) database.runCommand({ dropUser: service });
    continue;
  }
  // Which collections there are, with their validators: what every start compares. Of documents it tells nothing.
  const privileges = [on('', ['listCollections']), ...own];
  const role = roles.includes(service) ? { updateRole: service } : { createRole: service };
  database.runCommand({ ...role, privileges, roles: [] });
  const user = isThere ? { updateUser: service } : { createUser: service };
  database.runCommand({ ...user, pwd: passwordOf(service), roles: [{ role: service, db: name }] });
  print(`${service}: ${isThere ? 'is there' : 'made'}`);
}
