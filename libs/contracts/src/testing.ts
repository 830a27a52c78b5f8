export { gatewayStoreContract } from './gateway-store-contract.ts';
export { readModelsContract } from './read-models-contract.ts';
