import { describeWithServer } from '@hse/engines';
import { readModelsContract } from '@hse/contracts/testing';
import { createManualTimers } from '@hse/event-sourcing/testing';
import { mongoDatabases } from './testing/databases.ts';
import { openMongoReadModels } from './read-models.ts';

describeWithServer('MONGODB_URL', 'read models in MongoDB', (url) => {
  const databases = mongoDatabases(url);
  readModelsContract('MongoDB', {
    open: async () => openMongoReadModels({ db: await databases.fresh(), timers: createManualTimers() }),
    reopen: async () => openMongoReadModels({ db: databases.latest(), timers: createManualTimers() }),
  });
});
