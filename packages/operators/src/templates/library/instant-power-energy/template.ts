import { definePowerTemplate } from '../../energy/power-template.ts';

export const instantPowerEnergy = definePowerTemplate('INSTANT_POWER', {
  id: 'instant-power-energy',
  templateType: 5,
  label: 'Electric Energy Cal by Instant Power',
  summary: 'Integrates power to the energy of the day: between two records the first of them counts.',
  zh: {
    label: '按瞬时功率计算电量',
    summary: '由功率积分得到每天的电量：两条记录之间按前一条的功率计算。',
    keywords: ['电量', '瞬时功率'],
    texts: {},
  },
});
