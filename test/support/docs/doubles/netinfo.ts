/** A network that is there all the time. */
// biome-ignore lint/style/noDefaultExport: so the package has it.
export default {
  addEventListener(listener: (network: { isConnected: boolean }) => void) {
    listener({ isConnected: true });
    return () => {};
  },
};
