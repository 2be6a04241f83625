import { type AlarmReceiver, type AlarmReceiverWithSecret, resultOf } from '@penstock/client/session';
import { api } from '../../../api/client.ts';

export interface ReceiverDraft {
  readonly name: string;
  readonly kind: AlarmReceiver['kind'];
  readonly address: string;
  readonly language: AlarmReceiver['language'];
}

export const createReceiver = (orgId: string, body: ReceiverDraft): Promise<AlarmReceiverWithSecret> =>
  resultOf(api.POST('/api/v1/organizations/{orgId}/alarm-receivers', { params: { path: { orgId } }, body }));

export interface ReceiverChange {
  readonly name: string;
  readonly language: AlarmReceiver['language'];
  /** Absent: as it is. */
  readonly address?: string;
  readonly newSecret?: boolean;
}

export const changeReceiver = (
  orgId: string,
  receiverId: string,
  body: ReceiverChange,
): Promise<AlarmReceiverWithSecret> =>
  resultOf(
    api.PATCH('/api/v1/organizations/{orgId}/alarm-receivers/{receiverId}', {
      params: { path: { orgId, receiverId } },
      body,
    }),
  );

/** `force`: also where pipelines name it. */
export const deleteReceiver = (orgId: string, receiverId: string, force: boolean) =>
  resultOf(
    api.DELETE('/api/v1/organizations/{orgId}/alarm-receivers/{receiverId}', {
      params: { path: { orgId, receiverId }, query: { force } },
    }),
  );

export const testReceiver = (orgId: string, receiverId: string) =>
  resultOf(
    api.POST('/api/v1/organizations/{orgId}/alarm-receivers/{receiverId}/test', {
      params: { path: { orgId, receiverId } },
    }),
  );

export const retryDelivery = (orgId: string, deliveryId: string) =>
  resultOf(
    api.POST('/api/v1/organizations/{orgId}/alarm-deliveries/{deliveryId}/retry', {
      params: { path: { orgId, deliveryId } },
    }),
  );
