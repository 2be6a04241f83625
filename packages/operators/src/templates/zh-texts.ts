/** Chinese of what the forms of several templates have in common; each template's own stands in its definition. */
export const formTexts: Readonly<Record<string, string>> = {
  Model: '模型',
  'Data Processing': '数据处理',
  'Input Point': '输入测点',
  'Lower Limit': '下限',
  'Lower Limit Included': '包含下限',
  'Upper Limit': '上限',
  'Upper Limit Included': '包含上限',
  Interpolation: '插值',
  Ignore: '忽略',
  LastValue: '取上一个值',
  'Time Zone': '时区',
  'Output by Fixed Interval': '按固定间隔输出',
  'Daily Output': '日输出',
  'Detailed Output': '明细输出',
  'Detailed Output Interval': '明细输出间隔',
  Strategy: '策略',
};
