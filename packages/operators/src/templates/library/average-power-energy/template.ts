import { definePowerTemplate } from '../../energy/power-template.ts';

export const averagePowerEnergy = definePowerTemplate('AVERAGE_POWER', {
  id: 'average-power-energy',
  templateType: 4,
  label: 'Electric Energy Cal by Average Power',
  summary: 'Integrates power to the energy of the day: between two records their mean counts.',
  zh: {
    label: '按平均功率计算电量',
    summary: '由功率积分得到每天的电量：两条记录之间按其平均值计算。',
    keywords: ['电量', '平均功率'],
    texts: {},
  },
});
