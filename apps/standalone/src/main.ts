/** The process behind `npm start`. */
import { styleText } from 'node:util';
import { InvalidSettings } from '@hse/service-kit';
import { readStandaloneSettings, type Settings } from './settings.ts';
import { startStandalone } from './standalone.ts';

const fail = (message: string): never => {
  console.error(message);
  process.exit(1);
};

const settingsOrExit = (): Settings => {
  try {
    return readStandaloneSettings(process.env);
  } catch (error) {
    if (error instanceof InvalidSettings)
      return fail(`${error.message}\nThe settings are listed in the README.`);
    throw error;
  }
};

const explain = (error: unknown, { HOST, PORT, METRICS_PORT }: Settings): string => {
  const { code, message, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE' && port !== PORT && port === METRICS_PORT)
    return `METRICS_PORT=${port} is in use on ${HOST}. Stop what listens there, or choose another.`;
  if (code === 'EADDRINUSE')
    return `Port ${PORT} is in use on ${HOST}. Stop what listens there, or choose another: PORT=3001 npm start`;
  if (code === 'EACCES') return `${message}. Choose a PORT above 1023 and a DATA_DIR that can be written to.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `HOST=${HOST} is no address of this machine. It has to be an IP address or a host name that is, such as 127.0.0.1 or 0.0.0.0.`;
  return message;
};

const settings = settingsOrExit();
const began = performance.now();
const server = await startStandalone(settings).catch((error: unknown) => fail(explain(error, settings)));

const line = (label: string, text: string): void =>
  console.log(`  ${styleText('dim', label.padEnd(10))} ${text}`);
console.log(
  `\n  ${styleText(['bold', 'green'], 'Session requests')} are being served  ${styleText('dim', `(up in ${Math.round(performance.now() - began)} ms)`)}\n`,
);
line('app', server.url);
line('API', `${server.url}/api/v1`);
line('docs', `${server.url}/api/docs`);
if (settings.OIDC_ISSUER === undefined) {
  line('token', 'npm run -s token -- anna        (npm run -s token -- --list shows who there is)');
  line('log in', 'in the app or the docs, with a click on any of them, or with the password "demo"');
} else line('token', `from ${settings.OIDC_ISSUER}`);
if (settings.CLOCK === 'simulated')
  line('clock', `simulated, ${settings.CLOCK_SPEED} s per second: ${server.url}/api/v1/clock`);
line('data', settings.DATA_DIR);
console.log(
  `\n  ${styleText('dim', 'Ctrl-C stops the server; what was acknowledged is there at the next start.')}\n`,
);

// From a terminal the signal may come twice within a moment: once directly, once passed on by npm. Who asks again later
// does not want to wait.
const sameKeystrokeMs = 1_000;
let stoppingSince: number | undefined;
const stop = async (): Promise<void> => {
  if (stoppingSince !== undefined) {
    if (performance.now() - stoppingSince > sameKeystrokeMs) process.exit(1);
    return;
  }
  stoppingSince = performance.now();
  await server.stop();
  console.log('\n  Stopped. Everything acknowledged is durable.');
  process.exit(0);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
