import { describe } from '@jest/globals';
import { describeWithServer } from '@hse/engines';
import { startDistributedSystem } from '../distributed.ts';
import { startEmbeddedSystem, type StartSystem } from '../system.ts';

/** Registers a suite for each profile: what users see is the same. */
export const onEachProfile = (suite: (startSystem: StartSystem) => void): void => {
  describe('embedded profile', () => suite(startEmbeddedSystem));
  describeWithServer('KAFKA_BROKERS', 'distributed profile', () => {
    describeWithServer('MONGODB_URL', 'in processes of their own', () => suite(startDistributedSystem));
  });
};
