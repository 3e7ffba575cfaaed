// Words of the screen in Chinese and English, side by side. A test holds both to the same keys.

/** @type {Record<string, [string, string]>} */
export const WORDS = {
  title: ["突发事件直报快响 · 一屏掌控", "Emergency reports and response"],
  live: ["实时在线", "Live"],
  connecting: ["正在连接", "Connecting"],
  broken: ["连接中断", "Connection lost"],
  "data-age": ["数据更新于 {0} 秒前", "Data {0} s old"],
  mute: ["声音开", "Sound on"],
  muted: ["已静音", "Muted"],
  "test-sound": ["试听", "Test sound"],
  language: ["EN", "中文"],
  theme: ["明暗", "Light/dark"],
  "sign-out": ["退出", "Sign out"],
  keys: ["快捷键", "Keys"],
  "keys-text": [
    "/ 搜索　M 地图　H 热榜　B 看板　J/K 上下一条　Enter 打开　Esc 返回　A 签收　R 下达　S 静音　L 语言　? 帮助",
    "/ search  M map  H heat  B board  J/K next/previous  Enter open  Esc back  A acknowledge  R release  S sound  L language  ? help",
  ],
  "open-incidents": ["在办事件", "Open"],
  overdue: ["超时限", "Overdue"],
  severe: ["特别重大/重大", "Level I/II"],
  "owed-commands": ["未完成指令", "Commands open"],
  heat: ["事件热榜", "Heat ranking"],
  "heat-none": ["暂无在办事件", "Nothing open"],
  "heat-why": ["{0} 份报告，{1} 个来源", "{0} reports, {1} sources"],
  new: ["新", "new"],
  map: ["区县五色图", "Districts"],
  "map-rating": ["工作五色", "Ratings"],
  "map-alarm": ["实时告警", "Live alarms"],
  "map-open": ["在办数量", "Open incidents"],
  "map-boundaries": ["地图", "Map"],
  "map-tiles": ["方格", "Tiles"],
  "central-city": ["中心城区", "Central city"],
  city: ["全市", "City"],
  back: ["返回", "Back"],
  townships: ["镇街", "Townships"],
  units: ["部门", "Departments"],
  board: ["处置看板", "Board"],
  "filter-text": ["标题或编号", "Title or id"],
  "all-levels": ["全部级别", "All levels"],
  "all-categories": ["全部类别", "All categories"],
  clear: ["清除", "Clear"],
  ended: ["刚结束", "Just ended"],
  left: ["剩 {0}", "{0} left"],
  late: ["超 {0}", "{0} late"],
  "no-clock": ["无时限", "no clock"],
  nobody: ["无人签收", "nobody has it"],
  urgent: ["紧急", "urgent"],
  exercise: ["演练", "exercise"],
  "red-alarm": ["红色告警", "red alarm"],
  incident: ["事件详情", "Incident"],
  "choose-incident": ["选择一个事件查看详情", "Choose an incident"],
  facts: ["事实与依据", "Facts and where they stand"],
  "given-by-field": ["填报字段", "from a field"],
  approximate: ["约", "about"],
  contradictions: ["字段与文字不符", "Fields and words differ"],
  sensitive: ["敏感因素", "Sensitive"],
  suggestions: ["建议", "Suggestions"],
  "may-be-same": ["可能与另一事件相同", "May be the same event as"],
  "next-line": ["{0} 再增加 {1} 即达 {2}", "{1} more {0} make it {2}"],
  "ask-reporter": ["请补充：{0}", "Ask the reporter: {0}"],
  merge: ["合并", "Merge"],
  reports: ["报告", "Reports"],
  "changed-to": ["{0} → {1}", "{0} → {1}"],
  timeline: ["十二环节", "Twelve steps"],
  commands: ["处置指令", "Commands"],
  "waiting-tasks": ["待下达", "Waiting for release"],
  warning: ["公众预警", "Public warning"],
  replay: ["复盘回放", "Replay"],
  "replay-at": ["第 {0}/{1} 步 {2}", "{0} of {1}, {2}"],
  "replay-now": ["当前", "Now"],
  actions: ["可作决定", "Decisions"],
  acknowledge: ["签收", "Acknowledge"],
  "verify-true": ["核实属实", "Verify: true"],
  "verify-false": ["核实不实", "Verify: false"],
  "verify-unclear": ["暂不能确定", "Cannot tell"],
  release: ["一键下达", "Release the plan"],
  "release-hold": ["按住下达 {0} 条指令", "Hold to release {0} commands"],
  retract: ["撤回", "Retract"],
  "retract-all": ["全部撤回", "Retract all"],
  escalate: ["上报上级", "Escalate"],
  supervise: ["督办", "Supervise"],
  close: ["办结", "Close"],
  reopen: ["重新启动", "Reopen"],
  reason: ["理由", "Reason"],
  confirm: ["确认", "Confirm"],
  cancel: ["取消", "Cancel"],
  applied: ["已生效", "Applied"],
  refused: ["未被接受：{0}", "Refused: {0}"],
  pending: ["已提交，等待处理", "Sent, waiting"],
  unreachable: ["服务器没有回应，请重试", "No answer, try again"],
  appraisal: ["考评", "Appraisal"],
  subject: ["对象", "Subject"],
  score: ["得分", "Score"],
  sample: ["样本", "Sample"],
  components: ["指标", "Components"],
  "few-data": ["样本少", "few data"],
  "nothing-to-rate": ["无可评数据", "nothing to rate"],
  "new-severe": ["新的{0}事件：{1}", "New {0} incident: {1}"],
  "level-I": ["特别重大", "Level I"],
  "level-II": ["重大", "Level II"],
  "level-III": ["较大", "Level III"],
  "level-IV": ["一般", "Level IV"],
  "rating-green": ["绿", "green"],
  "rating-blue": ["蓝", "blue"],
  "rating-yellow": ["黄", "yellow"],
  "rating-orange": ["橙", "orange"],
  "rating-red": ["红", "red"],
  "stage-perception": ["感知上报", "Perception"],
  "stage-verification": ["信息核准", "Verification"],
  "stage-assessment": ["研判预警", "Assessment"],
  "stage-disposal": ["协同处置", "Disposal"],
  "stage-follow_up": ["跟踪落实", "Follow-up"],
  "step-intake": ["接报", "Intake"],
  "step-fusion": ["融合", "Fusion"],
  "step-direct_report": ["直报", "Direct report"],
  "step-assign": ["签收", "Assign"],
  "step-check": ["核查", "Check"],
  "step-confirm": ["核定", "Confirm"],
  "step-grade": ["定级", "Grade"],
  "step-warn": ["预警", "Warn"],
  "step-command": ["下令", "Command"],
  "step-respond": ["响应", "Respond"],
  "step-supervise": ["督办", "Supervise"],
  "step-close_and_review": ["办结复盘", "Close and review"],
  "tier-city": ["市级", "City"],
  "tier-district": ["区县", "District"],
  "tier-township": ["镇街", "Township"],
  "status-open": ["在办", "open"],
  "status-closed": ["办结", "closed"],
  "status-rejected": ["不实", "rejected"],
  "status-merged": ["已合并", "merged"],
  "verdict-unverified": ["未核实", "unverified"],
  "verdict-true": ["属实", "true"],
  "verdict-false": ["不实", "false"],
  "verdict-unclear": ["不明", "unclear"],
  "command-issued": ["已下达", "issued"],
  "command-received": ["已送达", "received"],
  "command-acknowledged": ["已签收", "acknowledged"],
  "command-done": ["已完成", "done"],
  "command-refused": ["已拒绝", "refused"],
  "command-escalated": ["已升级", "escalated"],
  "command-retracted": ["已撤回", "retracted"],
  "role-lead": ["牵头", "lead"],
  "role-support": ["配合", "support"],
  "kind-initial": ["初报", "initial"],
  "kind-follow_up": ["续报", "follow-up"],
  "kind-final": ["终报", "final"],
  "claim-deny": ["否认", "denies"],
  "channel-grid": ["网格", "grid"],
  "channel-110": ["110", "110"],
  "channel-119": ["119", "119"],
  "channel-120": ["120", "120"],
  "channel-12345": ["12345", "12345"],
  "channel-sensor": ["感知设备", "sensor"],
  "channel-department": ["部门", "department"],
  "channel-media": ["媒体", "media"],
  "channel-other": ["其他", "other"],
  "fact-deaths": ["死亡", "dead"],
  "fact-missing": ["失踪", "missing"],
  "fact-serious": ["重伤", "seriously hurt"],
  "fact-injured": ["受伤", "injured"],
  "fact-trapped": ["被困", "trapped"],
  "fact-affected": ["受灾", "affected"],
  "fact-evacuated": ["转移", "evacuated"],
  "fact-direct_loss_yuan": ["直接损失（元）", "direct loss (yuan)"],
  "fact-magnitude": ["震级", "magnitude"],
  "fact-burnt_hectares": ["过火面积（公顷）", "burnt (hectares)"],
  "component-direct_report": ["直报及时", "Reported in time"],
  "component-verification": ["核准及时", "Verified in time"],
  "component-false_report": ["报告属实", "Reports true"],
  "component-acknowledgement": ["签收及时", "Acknowledged in time"],
  "component-completion": ["完成及时", "Done in time"],
  "component-closure": ["办结未反复", "Closed for good"],
  desk: ["处置工作台", "Command desk"],
  "my-commands": ["我的指令", "My commands"],
  "ended-commands": ["最近结束", "Ended lately"],
  "owed-summary": ["待办 {0} 条，其中 {1} 条未签收", "{0} to do, {1} not acknowledged"],
  "nothing-owed": ["没有待办指令", "Nothing to do"],
  "no-unit": ["此账号不属于处置单位", "This account is of no unit"],
  "stop-work": ["已撤回，停止执行", "Taken back: stop the work"],
  noticed: ["知道了", "Understood"],
  "issued-at": ["下达 {0}", "Issued {0}"],
  "done-at": ["完成 {0}", "Done {0}"],
  "not-verified": ["事件尚未核实", "not verified yet"],
  "acknowledge-by": ["签收时限", "Acknowledge:"],
  "complete-by": ["完成时限", "Complete:"],
  "still-sending": ["待发送：{0}", "To be sent: {0}"],
  "my-name": ["签收人姓名", "My name"],
  note: ["说明", "Note"],
  "progress-percent": ["完成比例（%）", "Done so far (%)"],
  "feedback-acknowledged": ["签收", "Acknowledge"],
  "feedback-refused": ["拒绝", "Refuse"],
  "feedback-progress": ["报告进展", "Progress"],
  "feedback-done": ["完成", "Done"],
  "said-acknowledged": ["已签收", "Acknowledged"],
  "said-refused": ["已拒绝，指令转由上级处理", "Refused; the next tier has it"],
  "said-progress": ["进展已送达", "Progress delivered"],
  "said-done": ["已报完成", "Reported as done"],
  "report-page": ["随手直报", "Report"],
  "new-report": ["新的报告", "New report"],
  "follow-up-report": ["续报", "Follow-up"],
  follows: ["续报 {0}", "Follows {0}"],
  nature: ["性质", "Nature"],
  "nature-emergency": ["突发事件", "Emergency"],
  "nature-hazard": ["风险隐患", "Hazard"],
  "what-kind": ["类别（可不选）", "Kind (optional)"],
  "what-happened": ["发生了什么", "What happened"],
  where: ["具体地点", "Where exactly"],
  area: ["所在镇街", "Township"],
  locate: ["附上定位", "Add my position"],
  locating: ["正在定位", "Locating"],
  located: ["已附上定位", "Position added"],
  "not-located": ["无法定位，请写清地点", "No position; say where it is"],
  "people-hurt": ["人员伤亡（知道才填，不填表示不清楚）", "People (only what is known; empty is unknown)"],
  "urgent-flag": ["十万火急，优先处理", "Urgent, first in line"],
  send: ["上报", "Send"],
  "clear-sure": ["确认清除", "Clear: sure?"],
  "finish-first": ["请先上报或清除正在填写的报告", "Send or clear the report you are writing first"],
  "say-something": ["请选择类别或写明情况。", "Choose a kind or say what happened."],
  "not-a-number": ["{0}应填整数。", "{0}: a whole number."],
  "my-reports": ["我的报告", "My reports"],
  "forget-delivered": ["清除已送达", "Clear delivered"],
  number: ["编号 {0}", "No. {0}"],
  "state-draft": ["草稿", "Draft"],
  "state-waiting": ["待发送", "To be sent"],
  "state-delivered": ["已送达", "Delivered"],
  "state-refused": ["未被接受", "Refused"],
  "will-send": ["已保存在本机，联网后自动发送一次", "Kept on this phone; sent once when back on line"],
  "accepted-at": ["{0} 指挥平台已收到", "Received at {0}"],
  mend: ["修改后重发", "Mend and send again"],
};

const KEY = "fenghuo.language";
/** @type {0 | 1} */
let chosen = readChoice();
/** @type {Set<() => void>} */
const listeners = new Set();

function readChoice() {
  try {
    return localStorage.getItem(KEY) === "en" ? 1 : 0;
  } catch {
    return 0;
  }
}

/** The index of the chosen language in every pair: 0 Chinese, 1 English. */
export const language = () => chosen;

export function switchLanguage() {
  chosen = chosen ? 0 : 1;
  try {
    localStorage.setItem(KEY, chosen ? "en" : "zh");
  } catch { /* a browser that keeps nothing */ }
  translatePage();
  for (const listener of listeners) listener();
}

/** @param {() => void} listener */
export const onLanguage = (listener) => listeners.add(listener);

/**
 * @param {string} key
 * @param {...(string | number)} values for {0}, {1} ...
 */
export function t(key, ...values) {
  const pair = WORDS[key];
  if (!pair) return key;
  return pair[chosen].replace(/\{(\d)\}/g, (_, index) => String(values[Number(index)] ?? ""));
}

/** Everything in the page that names its words. */
export function translatePage() {
  document.documentElement.lang = chosen ? "en" : "zh-CN";
  for (const element of document.querySelectorAll("[data-t]")) {
    element.textContent = t(/** @type {HTMLElement} */ (element).dataset.t ?? "");
  }
  for (const element of document.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", t(/** @type {HTMLElement} */ (element).dataset.tLabel ?? ""));
  }
  for (const element of document.querySelectorAll("[data-t-placeholder]")) {
    element.setAttribute("placeholder", t(/** @type {HTMLElement} */ (element).dataset.tPlaceholder ?? ""));
  }
}
