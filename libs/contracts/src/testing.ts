export { commandBusContract, type CommandBusFixture } from './command-bus-contract.ts';
export { gatewayStoreContract } from './gateway-store-contract.ts';
export { readModelsContract } from './read-models-contract.ts';
