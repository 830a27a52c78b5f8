export { readStandaloneSettings, type Settings } from './settings.ts';
export { startStandalone, type Standalone } from './standalone.ts';
export { mintToken } from './token-minting.ts';
