export { createRequests, type RequestsDependencies } from './requests-service.ts';
