import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const compilerOptions: ts.CompilerOptions = {
  jsx: ts.JsxEmit.ReactJSX,
  module: ts.ModuleKind.ESNext,
  target: ts.ScriptTarget.ES2024,
  verbatimModuleSyntax: true,
};

/** Classes of a style sheet as they are written: nobody looks at them here. */
const CLASSES = 'export default new Proxy({}, { get: (_, name) => String(name) });';

/** Lets Node import components: JSX as the build makes it, style sheets as their class names. */
registerHooks({
  load: (url, context, next) => {
    const { pathname } = new URL(url);
    if (pathname.endsWith('.css')) return { format: 'module', source: CLASSES, shortCircuit: true };
    if (!pathname.endsWith('.tsx')) return next(url, context);
    const { outputText } = ts.transpileModule(readFileSync(fileURLToPath(url), 'utf8'), { compilerOptions });
    return { format: 'module', source: outputText, shortCircuit: true };
  },
});
