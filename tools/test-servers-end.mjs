/** jest's globalTeardown: ends what test-servers.mjs has started. */
export default async function stopTestServers() {
  await Promise.all((globalThis.testContainers ?? []).map(({ stop }) => stop()));
}
