import type { Operator } from '@penstock/client/session';
import { useCallback, useRef, useState } from 'react';
import { fitting, openOutput, type Spot } from '../../../catalogue/operators.ts';
import { Button } from '../../../kit/button.tsx';
import { useText } from '../../../reader/use-text.ts';
import styles from '../designer.module.css';
import { useDesign } from '../model/design-context.ts';
import { spotBeside } from '../model/spots.ts';
import { StageList } from './stage-list.tsx';
import { Structure } from './structure.tsx';

const VIEWS = ['palette', 'structure'] as const;

/** What can be added, or what there is. */
export const SidePanel = ({ onPick }: { readonly onPick: (operator: Operator, spot: Spot) => void }) => {
  const { t } = useText();
  const { document, state, operators, mayDesign } = useDesign();
  const [view, setView] = useState<(typeof VIEWS)[number]>('palette');
  const latest = useRef({ document, state, onPick });
  latest.current = { document, state, onPick };
  // The same from render to render, so that nobody who types has the palette made again.
  const pick = useCallback((operator: Operator): void => {
    const { document: stages, state: chosen, onPick: tell } = latest.current;
    const [id] = chosen.selection;
    const from = id === undefined || chosen.selection.size > 1 ? undefined : openOutput(stages, id);
    const place = spotBeside(stages, from?.stage);
    const behind: Spot | undefined = from === undefined ? undefined : { kind: 'behind', from, place };
    const fits = behind !== undefined && fitting([operator], behind).length > 0;
    tell(operator, fits ? behind : { kind: 'free', place });
  }, []);
  return (
    <section className={styles.side} aria-label={t(`design.${view}`)}>
      <div className={styles.views}>
        {VIEWS.map((name) => (
          <Button
            key={name}
            kind="quiet"
            aria-pressed={view === name}
            className={view === name ? styles.current : undefined}
            onClick={() => setView(name)}
          >
            {t(`design.${name}`)}
          </Button>
        ))}
      </div>
      {view === 'palette' ? (
        <StageList operators={operators} isDraggable isDisabled={!mayDesign} onPick={pick} />
      ) : (
        <Structure />
      )}
    </section>
  );
};
