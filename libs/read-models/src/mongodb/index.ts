export { openMongoDeadlineStore } from './deadline-store.ts';
export { connectMongo, type MongoConnection, type MongoLogger } from './connect.ts';
export { ensureMongoReadModels, OtherReadModelsSchema, RebuildUnderWay } from './generations.ts';
export { openMongoReadModels } from './read-models.ts';
export { createMongoReadModelsCopy } from './read-models-copy.ts';
export { openMongoReadModelsSnapshot } from './read-models-snapshot.ts';
export { openMongoGatewayStore } from './gateway-store.ts';
export { openMongoParkedStreams } from './parked-streams.ts';
export { openMongoSharedClock, type SharedClock } from './shared-clock.ts';
