export { type Engine } from './engine.ts';
export { EngineUnavailable } from './engine-unavailable.ts';
export { startKafka, type KafkaEngine, type KafkaOptions } from './kafka.ts';
export { startKeycloak, type KeycloakEngine, type KeycloakOptions } from './keycloak.ts';
export { fetchedKubernetesChecks, kubernetesVersion, type KubernetesChecks } from './kubernetes-checks.ts';
export { startMongo, type MongoEngine, type MongoMember, type MongoOptions } from './mongo.ts';
export { type ServerProcess } from './server-process.ts';
export { describeWithOwn, describeWithServer, type ServerVariable } from './test-servers.ts';
export { freePorts } from './free-ports.ts';
