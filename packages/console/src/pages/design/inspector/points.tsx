/** Points to be picked from while one is typed. */
export const Points = ({ id, points }: { readonly id: string; readonly points: readonly string[] }) => (
  <datalist id={id}>
    {points.map((point) => (
      <option key={point} value={point} />
    ))}
  </datalist>
);
