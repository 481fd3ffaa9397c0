import * as v from 'valibot';
import { signalSchema, type CallsApi } from '../../shared/calls.ts';
import type { phoneChannels } from '../../shared/ipc.ts';
import { ipcCall, type IpcCalls } from './ipc-call.ts';
import type { PageCalls } from './page-calls.ts';

const id = v.pipe(v.string(), v.maxLength(128));

/** The calls with which the kiosk page talks with others. A locked kiosk may do so too: to answer is no setting. */
export function phoneCalls(calls: CallsApi, page: PageCalls): IpcCalls<typeof phoneChannels> {
  return {
    attend: ipcCall([], () => page.attend()),
    initiate: ipcCall([id], (calleeId) => calls.initiate(calleeId)),
    accept: ipcCall([id], (callId) => calls.accept(callId)),
    decline: ipcCall([id], (callId) => calls.decline(callId)),
    end: ipcCall([id, v.optional(v.picklist(['hung_up', 'lost']))], (...args) => calls.end(...args)),
    join: ipcCall([id], (callId) => page.join(callId)),
    send: ipcCall([id, signalSchema], (...args) => page.send(...args)),
    leave: ipcCall([id], (callId) => page.leave(callId)),
  };
}
