import { type DescribedTemplate, describeTemplate, TITLE_LANGUAGES, templates } from '@penstock/operators';
import { Type } from 'typebox';
import type { ApiInstance } from '../../plugins/api-instance.ts';
import { nameSchema } from '../../plugins/named-schemas.ts';
import { bearer, responses } from '../../plugins/schemas.ts';

const templateSchema = nameSchema(
  'Template',
  Type.Object({
    templateType: Type.Integer({ description: 'As pipelines are saved with it.' }),
    id: Type.String(),
    version: Type.String(),
    label: Type.String(),
    summary: Type.String(),
    form: Type.Unsafe<Record<string, unknown>>({
      type: 'object',
      additionalProperties: true,
      description: 'JSON Schema of the document of such a pipeline, with titles, units and defaults.',
    }),
  }),
);

/** The templates that pipelines can be made with, as data. */
export const registerTemplateRoutes = (app: ApiInstance): void => {
  void app.get(
    '/templates',
    {
      config: { permission: 'anyone' },
      schema: {
        tags: ['Design'],
        security: bearer,
        summary: 'Templates: forms that stand for ready-made pipelines',
        querystring: Type.Object({
          language: Type.Optional(
            Type.Union(
              TITLE_LANGUAGES.map((language) => Type.Literal(language)),
              { description: 'Of titles and summaries, English where it is not given.' },
            ),
          ),
        }),
        response: responses({ 200: Type.Object({ items: Type.Array(templateSchema) }) }),
      },
    },
    async (request): Promise<{ items: DescribedTemplate[] }> => ({
      items: templates
        .map((template) => describeTemplate(template, request.query.language ?? 'en'))
        .sort((a, b) => a.templateType - b.templateType),
    }),
  );
};
