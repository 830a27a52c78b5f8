/**
 * `node dist/commands/topics.js`: creates the topics in Kafka that are missing and checks all of them, or, with TOPICS=check,
 * only checks. Exit codes: 1, they are not as they have to be; 2, Kafka or the settings do not allow to tell.
 */
import { configureKafka } from '@hse/event-feed/kafka';
import { createPinoLogger, kafkaSettings, readSettings } from '@hse/service-kit';

try {
  const settings = readSettings(kafkaSettings, process.env);
  const logger = createPinoLogger({ level: 'error', format: 'pretty', service: 'topics' });
  const kafka = configureKafka({ settings, clientId: 'topics', logger });
  await kafka.prepare();
  console.log(`${kafka.topics.events} and ${kafka.topics.progress} are as they have to be.`);
} catch (error) {
  const { name, message } = error as Error;
  console.error(message);
  process.exitCode = name === 'TopicsNotAsConfigured' ? 1 : 2;
}
