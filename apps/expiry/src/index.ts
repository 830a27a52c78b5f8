export { createExpiry, type Expiry, type ExpiryOptions, type ExpiryStatus } from './expiry.ts';
export { EXPIRY, ExpiryModule } from './expiry.module.ts';
export { traceOfProposal } from './trace-of-proposal.ts';
export { measureExpiry, type ExpiryObserver } from './expiry-observer.ts';
