import { resultOf } from '@penstock/client/session';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useRef, useState } from 'react';
import { api } from '../../api/client.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { TextField } from '../../kit/field.tsx';
import { Problem } from '../../kit/notice.tsx';
import { useText } from '../../reader/use-text.ts';

/** A document of contract D with nothing in it. */
const emptyDocument = (title: string) => ({
  pipelineConfig: {
    schemaVersion: 5,
    version: 1,
    title,
    description: '',
    configuration: [
      { name: 'executionMode', value: 'STANDALONE' },
      { name: 'deliveryGuarantee', value: 'EXACTLY_ONCE' },
    ],
    stages: [],
  },
});

/** Makes a pipeline with nothing in it and opens it in the designer. */
export const NewPipeline = ({ orgId }: { readonly orgId: string }) => {
  const { t } = useText();
  const navigate = useNavigate();
  const [name, setName] = useState<string>();
  const field = useRef<HTMLInputElement>(null);
  const create = useMutation({
    mutationFn: (title: string) =>
      resultOf(
        api.POST('/api/v1/organizations/{orgId}/pipelines', {
          params: { path: { orgId } },
          body: { name: title, document: emptyDocument(title) },
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
          {create.isError && <Problem title={t('operate.failed')} error={create.error} />}
        </Dialog>
      )}
    </>
  );
};
