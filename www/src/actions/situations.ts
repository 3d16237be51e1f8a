// Example calls with the state that they meet: one for each word that a decision may be, made of the example call.
import type { ActionCall, GivenActionState } from "regate";
import { exampleCall, exampleState } from "./example-files";

export interface Situation {
  name: string;
  title: string;
  call: string;
  state: string;
}

type Change<T> = (value: T) => T;

const call = JSON.parse(exampleCall) as ActionCall;
const state = JSON.parse(exampleState) as GivenActionState;

function situation(name: string, title: string, changedCall: Partial<ActionCall>, changedState: Change<GivenActionState> | null = null): Situation {
  return {
    name,
    title,
    call: Object.keys(changedCall).length === 0 ? exampleCall : written({ ...call, ...changedCall }),
    state: changedState === null ? exampleState : written(changedState(structuredClone(state))),
  };
}

function written(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function refundable(amount: number): Change<GivenActionState> {
  return (given) => ({
    ...given,
    evidence: (given.evidence ?? []).map((evidence) =>
      evidence.action === "get_payment" ? { ...evidence, result: { ...(evidence.result as object), paid: amount, refundable: amount } } : evidence,
    ),
  });
}

const refund = (amount: number): Partial<ActionCall> => ({ cost_usd: amount, kwargs: { ...call.kwargs, amount } });

/** The first is what a first visit finds. */
export const situations: readonly Situation[] = [
  situation("small", "A small refund", {}),
  situation("large", "A large refund", refund(260), refundable(260)),
  situation("unlooked", "A refund without a lookup", {}, ({ spend }) => ({ spend: spend ?? [] })),
  situation("invented", "A refund of an invented amount", refund(80)),
  situation("constraints", "A refund with wrong arguments", { kwargs: { order_id: "10482", amount: "42.5" } }),
  situation("rate", "The sixth refund of an hour", {}, (given) => ({
    ...given,
    taken: [1, 2, 3, 4, 5].map(() => ({ action: call.name, session_id: call.session_id ?? null })),
  })),
  situation("budget", "A refund beyond the budget", {}, (given) => ({ ...given, spend: (given.spend ?? []).map((spend) => ({ ...spend, cost_usd: 480 })) })),
  situation("nearly", "A refund that nearly uses up the budget", {}, (given) => ({ ...given, spend: (given.spend ?? []).map((spend) => ({ ...spend, cost_usd: 380 })) })),
  situation("email", "A card number in an e-mail", {
    name: "send_email",
    cost_usd: 0,
    kwargs: { to: "dora@example.net", body: "We refund to your card 4111 1111 1111 1111." },
  }),
  situation("denied", "Deleting a customer", { name: "delete_customer", cost_usd: 0, kwargs: { customer: "C-2201" }, risk_level: "critical" }),
  situation("killed", "An agent that was stopped", {}, (given) => ({
    ...given,
    killed: [{ target_type: "agent", target_id: call.agent_id ?? "", reason: "answers in riddles since this morning" }],
  })),
];
