export { describeWithServer, type ServerVariable } from './test-servers.ts';
