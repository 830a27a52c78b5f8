import { Worker } from 'node:worker_threads';
import { packRequests, unpackVerdicts, type FromWriter, type ToWriter } from './commit-messages.ts';
import type { OpenCommits } from './commits.ts';
import { messageOf } from './sqlite-errors.ts';
import type { Verdict } from './writer.ts';

/** The writer thread's file as it lies beside this one: a source while developing (Node strips its types), else the build's. */
const threadFile = new URL(
  `./writer-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
  import.meta.url,
);

/** Commits on a thread that runs this file and speaks the messages of {@link ToWriter} and {@link FromWriter}. */
export const commitsOnThread =
  (file: URL): OpenCommits =>
  async (path, options) => {
    const worker = new Worker(file, { name: 'event-store-writer', workerData: { path, options } });
    const send = (message: ToWriter): void => worker.postMessage(message);
    let waiting: { resolve: (verdicts: Verdict[]) => void; reject: (error: Error) => void } | undefined;
    let broken: Error | undefined;

    const breakWith = (error: Error): void => {
      broken ??= error;
      waiting?.reject(broken);
      waiting = undefined;
    };
    const exited = new Promise<void>((resolve) => {
      worker.on('error', (error) => breakWith(new Error(messageOf(error), { cause: error })));
      worker.on('exit', (code) => {
        breakWith(new Error(`the writer thread ended with code ${code}`));
        resolve();
      });
    });
    const ready = new Promise<void>((resolve, reject) => {
      waiting = { resolve: () => resolve(), reject };
    });
    worker.on('message', (message: FromWriter) => {
      if ('fault' in message) {
        breakWith(new Error(message.fault));
        return;
      }
      worker.unref();
      const answered = waiting;
      waiting = undefined;
      answered?.resolve('verdicts' in message ? unpackVerdicts(message.verdicts) : []);
    });
    await ready;

    return {
      add(requests) {
        if (!broken) send({ requests: packRequests(requests), commit: false });
      },
      commit(requests) {
        if (broken) return Promise.reject(broken);
        worker.ref();
        return new Promise((resolve, reject) => {
          waiting = { resolve, reject };
          send({ requests: packRequests(requests), commit: true });
        });
      },
      async close() {
        if (!broken) {
          worker.ref();
          send('end');
        }
        await exited;
      },
    };
  };

/** Commits on a thread of its own, so that waiting for the disk stops nobody. Does not keep an idle process alive. */
export const workerCommits: OpenCommits = commitsOnThread(threadFile);
