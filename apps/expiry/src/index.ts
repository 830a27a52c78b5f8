export { createExpiry, type Expiry, type ExpiryOptions, type ExpiryStatus } from './expiry.ts';
export { EXPIRY, ExpiryModule } from './expiry.module.ts';
