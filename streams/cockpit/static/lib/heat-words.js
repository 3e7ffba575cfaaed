// Words of the ranking and of the numbers above it, in Chinese and English.

/** @type {Record<string, [string, string]>} */
export const HEAT_WORDS = {
  "open-incidents": ["在办事件", "Open"],
  overdue: ["超时限", "Overdue"],
  "overdue-counts": ["时限已过，或处于红色告警（市级也未处理）的事件", "Incidents whose clock has run out, or under a red alarm: even the city was silent"],
  "red-alarms": ["红色告警 {0}", "Red alarms {0}"],
  "red-alarms-shown": ["只看红色告警，再按显示全部", "Only red alarms; press again for all"],
  "red-alarms-filter": ["在看板只看红色告警", "Show only these on the board"],
  "whole-area": ["返回全市", "Back to all"],
  "heat-filtered": ["仅 {0}：{1}/{2} 条", "{0} only: {1} of {2}"],
  "heat-unranked": ["另有 {0} 起特别重大/重大事件未进热榜：", "{0} of level I/II not in the ranking:"],
  "heat-ratio": ["相当于榜首热度的 {0}%", "{0}% of the heat of the first"],
  same: ["持平", "same"],
  "rank-same": ["名次未变", "Rank unchanged"],
  "rank-up": ["上升 {0} 位", "Up {0}"],
  "rank-down": ["下降 {0} 位", "Down {0}"],
  "hours-minutes": ["{0}小时{1}分", "{0} h {1} min"],
  days: ["{0}天", "{0} d"],
  severe: ["特别重大/重大", "Level I/II"],
  "owed-commands": ["未完成指令", "Commands open"],
  heat: ["事件热榜", "Heat ranking"],
  "heat-none": ["暂无在办事件", "Nothing open"],
  "heat-why": ["{0} 份报告，{1} 个来源", "{0} reports, {1} sources"],
  new: ["新", "new"],
};
