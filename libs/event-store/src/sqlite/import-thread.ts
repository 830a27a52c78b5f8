import { parentPort, workerData } from 'node:worker_threads';
import { Importer, type ImportedEvents } from './importer.ts';

// The thread that fills a new event store file. It is loaded by path: see import-events.ts. What fails here ends it, with the error.

if (!parentPort) throw new Error('import-thread runs as a worker thread only');
const port = parentPort;
const importer = new Importer((workerData as { path: string }).path);

port.on('message', (message: ImportedEvents | 'finish') => {
  if (message === 'finish') {
    importer.finish();
    port.close();
  } else {
    importer.write(message);
    port.postMessage('written');
  }
});
