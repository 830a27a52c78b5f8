import { parentPort, workerData } from 'node:worker_threads';
import { packVerdicts, unpackRequests, type FromWriter, type ToWriter } from './commit-messages.ts';
import { messageOf } from './sqlite-errors.ts';
import { Writer, type WriterOptions } from './writer.ts';

// The thread that owns the write connection. It is loaded by path: see worker-commits.ts.

if (!parentPort) throw new Error('writer-thread runs as a worker thread only');
const port = parentPort;
const say = (message: FromWriter): void => port.postMessage(message);

const { path, options } = workerData as { path: string; options: WriterOptions };
const writer = new Writer(path, options);

port.on('message', (message: ToWriter) => {
  if (message === 'end') {
    writer.close();
    port.close();
  } else {
    writer.add(unpackRequests(message.requests));
    if (message.commit) commit();
  }
});

const commit = (): void => {
  try {
    say({ verdicts: packVerdicts(writer.commit()) });
  } catch (error) {
    say({ fault: messageOf(error) });
    port.close(); // what was committed is unknown: whoever opens the file next finds out
    return;
  }
  try {
    writer.tidy();
  } catch {
    // What was acknowledged is durable in the write-ahead log all the same. It is tried again after the next commit.
  }
};

say({ ready: true });
