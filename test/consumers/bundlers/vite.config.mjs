/** One page of this folder: `PAGE=main.html npx vite build`. */
export default { build: { emptyOutDir: true, rolldownOptions: { input: process.env.PAGE } } };
