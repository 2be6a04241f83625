import { createContext } from 'react';

/** When the service told what a list shows, Unix ms: ages count on from there. */
export const ToldAtContext = createContext(0);
