// Replay: how an incident stood after each entry of its log. Pure; what the panel shows of the past comes from here.

export const STEPS = [
  "intake", "fusion", "direct_report", "assign", "check", "confirm",
  "grade", "warn", "command", "respond", "supervise", "close_and_review",
];

const SUGGESTIONS_REMEMBERED = 5; // as many as the fold
const CONTRADICTIONS_REMEMBERED = 8;
const OWED = ["issued", "received", "acknowledged", "refused"]; // a red alarm about another command is over

/**
 * @typedef {{tier: string, started_at: string, ended_at: string | null, times_overdue: number, red_alarm: boolean}} StepSeen
 * @typedef {{
 *   stage: string, status: string, verdict: string, level: string, reports: number, confidence: number,
 *   facts: Record<string, any>, steps: Record<string, StepSeen>,
 *   commands: Record<string, {command: any, status: string, person: string | null, red_alarm: boolean}>,
 *   title: string, category: string | null, place: any, opened_at: string, exercise: boolean, officer: any,
 *   approximate: string[], origins: Record<string, any>, sensitive: any[], contradictions: any[], suggestions: any[],
 *   fired: any[], warning: any, joined: Set<string>,
 * }} Standing
 */

/**
 * @param {any[]} events in the order of seq
 * @param {number} count how many of them have happened
 * @returns {Standing}
 */
export function standingAfter(events, count) {
  /** @type {Standing} */
  const now = {
    stage: "perception", status: "open", verdict: "unverified", level: "IV", reports: 0, confidence: 0, facts: {}, steps: {}, commands: {},
    title: "", category: null, place: {}, opened_at: "", exercise: false, officer: null,
    approximate: [], origins: {}, sensitive: [], contradictions: [], suggestions: [], fired: [], warning: null, joined: new Set(),
  };
  const clocks = new Map();
  for (const event of events.slice(0, count)) take(now, clocks, event);
  return now;
}

/** @param {{source_id: string, report_id: string}} report */
export const reportKey = (report) => `${report.source_id}/${report.report_id}`;

/**
 * The past in the shape in which the API tells the present, so that one panel draws both. Only the number of the
 * incident is taken from elsewhere: what the log does not tell of the past (nearest lines, waiting tasks) is left out.
 * @param {string} incidentId
 * @param {Standing} past
 */
export function viewOfPast(incidentId, past) {
  const { level, stage, status, verdict, title, category, exercise, opened_at } = past;
  const alarmed = [...Object.values(past.steps).filter((step) => !step.ended_at), ...Object.values(past.commands).filter((one) => OWED.includes(one.status))];
  return {
    summary: { incident_id: incidentId, level, stage, status, verdict, title, category, exercise, opened_at, red_alarm: alarmed.some((one) => one.red_alarm) },
    place: past.place, acknowledged_by: past.officer, facts: past.facts, approximate: past.approximate, origins: past.origins,
    sensitive: past.sensitive, contradictions: past.contradictions, suggestions: past.suggestions, fired: past.fired,
    next_lines: [], questions: [], steps: past.steps, deadlines: {}, warning: past.warning, waiting_tasks: [],
  };
}

/**
 * @param {Standing} now
 * @param {any} data of an event that gives the totals anew
 */
function total(now, data) {
  Object.assign(now, { facts: data.facts, approximate: data.approximate ?? [], origins: data.origins ?? {} });
  if (data.sensitive) now.sensitive = data.sensitive;
}

/**
 * As `workflows.fold` does: the latest suggestion about each other incident.
 * @param {any[]} known
 * @param {any} suggestion
 */
const suggested = (known, suggestion) => [...known.filter((one) => one.incident_id !== suggestion.incident_id), suggestion].slice(-SUGGESTIONS_REMEMBERED);

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
    case "incident_opened":
      Object.assign(now, { title: data.title, category: data.category, place: data.place, exercise: data.exercise, opened_at: at });
      break;
    case "stage_entered": now.stage = data.stage; break;
    case "report_joined": now.reports += 1; now.joined.add(reportKey(data)); break;
    case "incident_absorbed": now.reports += data.reports; total(now, data); now.suggestions = data.suggestions ?? []; break;
    case "reports_split_off": now.reports = data.reports; total(now, data); break;
    case "facts_revised": case "facts_corrected": total(now, data); break;
    case "report_contradicted": now.contradictions = [...now.contradictions, ...data.contradictions].slice(-CONTRADICTIONS_REMEMBERED); break;
    case "sensitivity_found": now.sensitive = data.sensitive; break;
    case "category_settled": now.category = data.category; break;
    case "merge_suggested": now.suggestions = suggested(now.suggestions, data.suggestion); break;
    case "incident_acknowledged": now.officer = data.officer; break;
    case "warning_issued": case "warning_updated": now.warning = data.warning; break;
    case "warning_cancelled": now.warning = null; break;
    case "preliminary_graded": case "graded": now.level = data.level; now.fired = data.fired ?? []; break;
    case "evidence_weighed": now.confidence = data.confidence_ratio; break;
    case "verdict_reached": now.verdict = data.verdict; break;
    case "step_started": now.steps[data.step] = { tier: data.tier, started_at: at, ended_at: null, times_overdue: 0, red_alarm: false }; break;
    case "step_passed": now.steps[data.step] = { tier: data.tier, started_at: at, ended_at: at, times_overdue: 0, red_alarm: false }; break;
    case "step_ended": if (step) step.ended_at = at; break;
    case "step_escalated": if (step) step.tier = data.to_tier; break;
    case "deadline_set": clocks.set(data.deadline_id, data.step); break;
    case "deadline_fired": overdue(now, clocks.get(data.deadline_id)); break;
    case "red_alarm_raised": for (const one of [step, held]) if (one) one.red_alarm = true; break;
    case "command_issued": case "command_adopted": now.commands[data.command.command_id] = { command: data.command, status: data.status ?? "issued", person: data.acknowledged_by?.name ?? null, red_alarm: data.red_alarm ?? false }; break;
    case "command_received": if (held && held.status === "issued") held.status = "received"; break;
    case "command_acknowledged": if (held) Object.assign(held, { status: "acknowledged", person: data.person.name, red_alarm: false }); break;
    case "command_refused": if (held) held.status = "refused"; break;
    case "command_done": if (held) Object.assign(held, { status: "done", red_alarm: false }); break;
    case "command_escalated": if (held) held.status = "escalated"; break;
    case "command_retracted": if (held) Object.assign(held, { status: "retracted", red_alarm: false }); break;
    case "command_handed_on": delete now.commands[data.command_id]; break;
    case "incident_closed": now.status = "closed"; break;
    case "incident_rejected": now.status = "rejected"; break;
    case "incident_merged": now.status = "merged"; now.suggestions = []; break;
    case "incident_reopened": if (now.status === "rejected") now.verdict = "unverified"; now.status = "open"; break;
  }
}

/**
 * @param {Standing} now
 * @param {string | null | undefined} name
 */
function overdue(now, name) {
  if (name && name !== "check" && now.steps[name]) now.steps[name].times_overdue += 1;
}
