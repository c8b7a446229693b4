// One page for each entry of the package, to see what a page that imports it loads.
export default {
  logLevel: 'warn',
  build: {
    target: 'es2023',
    manifest: true,
    chunkSizeWarningLimit: 4096,
    rolldownOptions: {
      checks: { pluginTimings: false },
      input: ['index.html', 'tfjs.html', 'environments.html'],
    },
  },
};
