import { registerHooks } from 'node:module';

const PACKAGE = '/node_modules/drizzle-orm/';

/**
 * Loads the database's library without reading its `package.json` for each module. Node asks a module's package whether
 * it is an ES module, and parses all of the package's exports each time (Node 24.21, `getPackageScopeConfig`): 178 KB
 * for each of 440 modules, a third of the CPU time of a start. What one of its ES modules imports from beside itself is
 * an ES module.
 */
export const loadDrizzleAtOnce = (): void => {
  registerHooks({
    resolve: (specifier, context, next) => {
      const { parentURL } = context;
      const isBeside = specifier.startsWith('.') && specifier.endsWith('.js') && parentURL?.includes(PACKAGE);
      // A CommonJS module of it requires others by `.cjs`.
      if (!isBeside) return next(specifier, context);
      return { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true };
    },
  });
};
