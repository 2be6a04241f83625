import { useEffect, useState } from 'react';

/** A table of ten thousand rows has as many points: they are gathered when nobody has typed for so long. */
const PAUSE_MS = 400;

/** Points that a document names, to be picked again; a little behind what is typed. */
export const usePoints = <D>(document: D, gather: (document: D) => readonly string[]): readonly string[] => {
  const [points, setPoints] = useState(() => gather(document));
  useEffect(() => {
    const timer = setTimeout(() => {
      // The same points are the same list, so that nothing is drawn again for them.
      setPoints((before) => {
        const next = gather(document);
        return next.length === before.length && next.every((point, index) => point === before[index]) ? before : next;
      });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [document, gather]);
  return points;
};
