import { Type } from 'typebox';
import { readLineageView } from '../../../lineage/lineage-view.ts';
import type { UseCaseDeps } from '../../../use-case/use-case.ts';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { requireOrganizationAccess } from '../../plugins/caller.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { bearer, orgParams, responses, text } from '../../plugins/schemas.ts';

const points = (description: string) => Type.Array(Type.String(), { description });
const pipelineId = (description: string) => Type.String({ description });

const lineageSchema = nameSchema(
  'OrganizationLineage',
  Type.Object({
    pipelines: Type.Array(
      Type.Object({
        pipelineId: pipelineId('Of a pipeline that is released.'),
        name: text('Its name.'),
        messageChannel: Type.Integer({ description: '0: real time; 1: offline.' }),
        reads: points('Topics it reads.'),
        writes: points('Topics it writes.'),
        inputs: points(
          'Points its stages read, as `{modelId}::{pointId}`, or `{measurementId}` of the data format of 0.4.0, intermediate ones among them.',
        ),
        outputs: points('Points its stages put out.'),
      }),
    ),
    links: Type.Array(
      Type.Object({
        from: pipelineId('Who writes.'),
        to: pipelineId('Who reads that.'),
        topic: text('Where.'),
        points: points('Points the one puts out and the other reads; empty where one of them names none.'),
      }),
      { description: 'Which pipeline reads what another writes. Together they never form a circle.' },
    ),
  }),
);

/** Which released pipelines work on what others put out. */
export const registerLineageRoutes = (app: ApiInstance, { store }: Pick<UseCaseDeps, 'store'>): void => {
  void app.get(
    '/organizations/:orgId/lineage',
    {
      config: { permission: 'pipelines.read' },
      schema: {
        tags: ['Pipelines'],
        security: bearer,
        summary: 'Who reads what whom writes: the released pipelines of an organisation, and how they are linked',
        params: orgParams,
        response: responses({ 200: lineageSchema }),
      },
    },
    async (request) => {
      const { orgId } = request.params;
      requireOrganizationAccess(request, orgId);
      const { pipelines, links } = await readLineageView(store.db, orgId);
      return {
        pipelines: pipelines.map((one) => ({
          ...one,
          ...{ reads: [...one.reads], writes: [...one.writes], inputs: [...one.inputs], outputs: [...one.outputs] },
        })),
        links: links.map((link) => ({ ...link, points: [...link.points] })),
      };
    },
  );
};
