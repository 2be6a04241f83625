import type UPlot from 'uplot';

/** Something that happened while what is drawn was counted. */
export interface Marker {
  /** Unix seconds. */
  readonly at: number;
  readonly label: string;
}

/** Between two words, px of the screen. */
const GAP = 6;

/** Draws a line for each marker, and its word at the top where there is room beside the one before. */
export const drawMarkers = (plot: UPlot, markers: readonly Marker[], { text }: { readonly text: string }): void => {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `${11 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  ctx.strokeStyle = text;
  ctx.fillStyle = text;
  ctx.lineWidth = ratio;
  ctx.setLineDash([3 * ratio, 3 * ratio]);
  let free = bbox.left;
  for (const { at, label } of [...markers].sort((one, other) => one.at - other.at)) {
    const x = plot.valToPos(at, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const width = ctx.measureText(label).width + GAP * ratio;
    const begin = Math.min(x + 3 * ratio, bbox.left + bbox.width - width);
    if (begin < free) continue;
    ctx.fillText(label, begin, bbox.top + 2 * ratio);
    free = begin + width;
  }
  ctx.restore();
};
