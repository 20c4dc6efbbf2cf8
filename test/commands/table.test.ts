import { expect } from 'chai'
import { renderTable } from '../../src/commands/table.ts'

describe('commands/table', () => {
  it('lines columns up, numbers to the right, without blanks at the ends', () => {
    expect(
      renderTable(
        ['NAME', 'COUNT', 'NOTE'],
        [
          ['a', '5', ''],
          ['long name', '-12.5', 'x'],
        ],
      ),
    ).to.deep.equal(['NAME       COUNT  NOTE', 'a              5', 'long name  -12.5  x'])
  })

  it('shows control characters instead of obeying them', () => {
    expect(renderTable(['A'], [['\u001b[31mred\nnext']])[1]).to.equal('\\u001b[31mred\\nnext')
  })

  it('is bold at the head only where colour is wanted', () => {
    expect(renderTable(['A'], [], { colour: true })[0]).to.equal('\u001b[1mA\u001b[0m')
  })
})
