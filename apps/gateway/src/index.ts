export { parseAccounts, type Account } from './accounts.ts';
export { everyScope, scopes, type Scope } from './administration/scopes.ts';
export { createGatewayApp } from './create-gateway-app.ts';
export type { GatewayDependencies, OidcSettings } from './dependencies.ts';
export { demoAccounts } from './demo-accounts.ts';
export { GatewayModule } from './gateway.module.ts';
export {
  accountSettings,
  httpSettings,
  isProduction,
  issuerClient,
  oidcSettings,
  publicUrl,
  readAccounts,
} from './http-settings.ts';
export { createParticipants, seedParticipants, type Participants } from './participants.ts';
export type { TokenRules } from './oidc/access-tokens.ts';
export {
  createEmbeddedIssuer,
  operatorClientId,
  webClientId,
  type EmbeddedIssuer,
  type EmbeddedIssuerOptions,
  type IssuerAccount,
} from './oidc/embedded-issuer.ts';
export { mintAccessToken, type MintOptions } from './oidc/mint-access-token.ts';
export { remoteKeys } from './oidc/remote-keys.ts';
export { protectionOf, protectionSettings, type RateLimits } from './protection/settings.ts';
export { createTestClock, type TestClock } from './test-clock.ts';
export { siteDirectory } from './web-site.ts';
