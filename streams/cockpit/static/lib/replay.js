// Replay: how an incident stood after each entry of its log. Pure; what the panel shows of the past comes from here.

export const STEPS = [
  "intake", "fusion", "direct_report", "assign", "check", "confirm",
  "grade", "warn", "command", "respond", "supervise", "close_and_review",
];

/**
 * @typedef {{tier: string, started_at: string, ended_at: string | null, times_overdue: number, red_alarm: boolean}} StepSeen
 * @typedef {{
 *   stage: string, status: string, verdict: string, level: string, reports: number, confidence: number,
 *   facts: Record<string, any>, steps: Record<string, StepSeen>, commands: Record<string, {command: any, status: string, person: string | null}>,
 * }} Standing
 */

/**
 * @param {any[]} events in the order of seq
 * @param {number} count how many of them have happened
 * @returns {Standing}
 */
export function standingAfter(events, count) {
  /** @type {Standing} */
  const now = { stage: "perception", status: "open", verdict: "unverified", level: "IV", reports: 0, confidence: 0, facts: {}, steps: {}, commands: {} };
  const clocks = new Map();
  for (const event of events.slice(0, count)) take(now, clocks, event);
  return now;
}

/**
 * @param {Standing} now
 * @param {Map<string, any>} clocks
 * @param {any} event
 */
function take(now, clocks, event) {
  const { type, data, recorded_at: at } = event;
  const step = data.step ? now.steps[data.step] : undefined;
  const held = data.command_id ? now.commands[data.command_id] : undefined;
  switch (type) {
    case "stage_entered": now.stage = data.stage; break;
    case "report_joined": now.reports += 1; break;
    case "incident_absorbed": now.reports += data.reports; now.facts = data.facts; break;
    case "reports_split_off": now.reports = data.reports; now.facts = data.facts; break;
    case "facts_revised": case "facts_corrected": now.facts = data.facts; break;
    case "preliminary_graded": case "graded": now.level = data.level; break;
    case "evidence_weighed": now.confidence = data.confidence_ratio; break;
    case "verdict_reached": now.verdict = data.verdict; break;
    case "step_started": now.steps[data.step] = { tier: data.tier, started_at: at, ended_at: null, times_overdue: 0, red_alarm: false }; break;
    case "step_passed": now.steps[data.step] = { tier: data.tier, started_at: at, ended_at: at, times_overdue: 0, red_alarm: false }; break;
    case "step_ended": if (step) step.ended_at = at; break;
    case "step_escalated": if (step) step.tier = data.to_tier; break;
    case "deadline_set": clocks.set(data.deadline_id, data.step); break;
    case "deadline_fired": overdue(now, clocks.get(data.deadline_id)); break;
    case "red_alarm_raised": if (step) step.red_alarm = true; break;
    case "command_issued": case "command_adopted": now.commands[data.command.command_id] = { command: data.command, status: data.status ?? "issued", person: data.acknowledged_by?.name ?? null }; break;
    case "command_received": if (held && held.status === "issued") held.status = "received"; break;
    case "command_acknowledged": if (held) Object.assign(held, { status: "acknowledged", person: data.person.name }); break;
    case "command_refused": if (held) held.status = "refused"; break;
    case "command_done": if (held) held.status = "done"; break;
    case "command_escalated": if (held) held.status = "escalated"; break;
    case "command_retracted": if (held) held.status = "retracted"; break;
    case "command_handed_on": delete now.commands[data.command_id]; break;
    case "incident_closed": now.status = "closed"; break;
    case "incident_rejected": now.status = "rejected"; break;
    case "incident_merged": now.status = "merged"; break;
    case "incident_reopened": now.status = "open"; break;
  }
}

/**
 * @param {Standing} now
 * @param {string | null | undefined} name
 */
function overdue(now, name) {
  if (name && name !== "check" && now.steps[name]) now.steps[name].times_overdue += 1;
}
