export { createGatewayApp } from './create-gateway-app.ts';
export type { GatewayDependencies, OidcSettings, ReadinessCheck } from './dependencies.ts';
export { GatewayModule } from './gateway.module.ts';
export type { TokenRules } from './oidc/access-tokens.ts';
export {
  createEmbeddedIssuer,
  webClientId,
  type EmbeddedIssuer,
  type EmbeddedIssuerOptions,
  type IssuerAccount,
} from './oidc/embedded-issuer.ts';
export { mintAccessToken, type MintOptions } from './oidc/mint-access-token.ts';
export { remoteKeys } from './oidc/remote-keys.ts';
