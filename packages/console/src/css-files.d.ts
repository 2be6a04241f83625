// Plain style sheets are imported for their effect; classes of modules may be missing, which `vite/client` does not say.
declare module '*.module.css' {
  const classes: Readonly<Record<string, string | undefined>>;
  export default classes;
}
