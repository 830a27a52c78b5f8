/*
 * Fastify asks by what name to call each plugin, and looks for the file it came from in `require.cache`. Jest's is a proxy that works out
 * a URL for each of a thousand modules: two fifths of the time of a suite that starts a gateway for each test. Plugins without a name
 * of their own go by that of their function here.
 */
const displayName = Symbol.for('fastify.display-name');

Object.defineProperty(Function.prototype, displayName, {
  configurable: true,
  get() {
    return this.name || 'plugin';
  },
  set(value) {
    Object.defineProperty(this, displayName, { value, writable: true, configurable: true });
  },
});
