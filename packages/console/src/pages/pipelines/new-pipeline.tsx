import { resultOf } from '@penstock/client/session';
import { type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useRef, useState } from 'react';
import { api } from '../../api/client.ts';
import { operatorsQuery } from '../../api/references.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { TextField } from '../../kit/field.tsx';
import { Problem } from '../../kit/notice.tsx';
import { currentPreferences } from '../../reader/preferences.ts';
import { useText } from '../../reader/use-text.ts';
import { BeginningChoice, type Chosen } from './beginning-choice.tsx';

/** The designer's part of it is loaded when somebody makes one: the first page does without. */
const designOf = async (client: QueryClient, orgId: string, title: string, chosen: Chosen) => {
  const { documentOf, formOf } = await import('../../catalogue/first-document.ts');
  if ('template' in chosen)
    return { templateType: chosen.template.templateType, document: formOf(chosen.template.form) };
  const { beginning } = chosen;
  const operators =
    beginning === 'empty' ? [] : await client.ensureQueryData(operatorsQuery(orgId, currentPreferences().locale));
  return { document: documentOf(title, beginning, operators) };
};

/** Makes a pipeline, of stages or from a template, and opens it in the designer. */
export const NewPipeline = ({ orgId }: { readonly orgId: string }) => {
  const { t } = useText();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<Chosen>({ beginning: 'empty' });
  const [name, setName] = useState<string>();
  const field = useRef<HTMLInputElement>(null);
  const create = useMutation({
    mutationFn: async (title: string) =>
      resultOf(
        api.POST('/api/v1/organizations/{orgId}/pipelines', {
          params: { path: { orgId } },
          body: { name: title, ...(await designOf(client, orgId, title, chosen)) },
        }),
      ),
    onSuccess: ({ pipelineId }) =>
      void navigate({ to: '/organizations/$orgId/pipelines/$pipelineId/design', params: { orgId, pipelineId } }),
  });
  const close = () => setName(undefined);
  const given = name?.trim() ?? '';
  const submit = () => given !== '' && create.mutate(given);
  return (
    <>
      <Button kind="primary" onClick={() => setName('')}>
        <Plus size={14} aria-hidden="true" /> {t('design.new')}
      </Button>
      {name !== undefined && (
        <Dialog
          title={t('design.new')}
          onClose={close}
          focusFirst={field}
          actions={
            <>
              <Button onClick={close}>{t('app.cancel')}</Button>
              <Button kind="primary" disabled={given === '' || create.isPending} onClick={submit}>
                {t('design.create')}
              </Button>
            </>
          }
        >
          <TextField
            label={t('design.newName')}
            maxLength={200}
            ref={field}
            value={name}
            onChange={({ target }) => setName(target.value)}
            onKeyDown={({ key }) => key === 'Enter' && submit()}
          />
          <BeginningChoice chosen={chosen} onChoose={setChosen} />
          {create.isError && <Problem title={t('operate.failed')} error={create.error} />}
        </Dialog>
      )}
    </>
  );
};
