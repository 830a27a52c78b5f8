export { createRequests, type RequestsDependencies } from './requests-service.ts';
export { RequestsModule, SESSION_REQUEST_BUS } from './requests.module.ts';
