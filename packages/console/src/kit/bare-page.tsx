import type { ReactNode } from 'react';

/** What is shown where there is no organisation around it. */
export const BarePage = ({ children }: { readonly children: ReactNode }) => <main>{children}</main>;
