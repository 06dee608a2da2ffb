/* cost.c - what one Thumb-2 instruction costs on a Cortex-M4, modelled after
 * the table in ARM's Technical Reference Manual r0p1, section 3.3. Encodings:
 * ARMv7-M Architecture Reference Manual, A5. */
#include "cost.h"

static const struct cost plain = {.n_cycles = 1};
static const struct cost load = {2, true, true};
static const struct cost store = {1, false, true};

static struct cost multiple(unsigned registers)
{
    return (struct cost){
        .n_cycles = (uint8_t)(1 + __builtin_popcount(registers)),
    };
}

static struct cost cost_of_short(uint16_t word)
{
    unsigned top = word >> 11;

    if (top == 0x09) /* LDR literal */
        return load;
    if (word >> 12 == 0x5) /* register offset; from opcode 3 on, loads */
        return ((word >> 9) & 7) >= 3 ? load : store;
    if (top >= 0x0c && top <= 0x13) /* immediate offset, byte, half, SP */
        return top & 1 ? load : store;
    if ((word & 0xf600) == 0xb400) /* PUSH, POP */
        return multiple(word & 0x1ff);
    if (word >> 12 == 0xc) /* STM, LDM */
        return multiple(word & 0xff);
    return plain;
}

static struct cost cost_of_long(uint16_t first, uint16_t second)
{
    const struct cost table_branch = {.n_cycles = 2}, dual = {.n_cycles = 3};
    const struct cost division = {.n_cycles = 12};

    if ((first & 0xfff0) == 0xe8d0 && (second & 0xffe0) == 0xf000)
        return table_branch;        /* TBB, TBH */
    if ((first & 0xfe40) == 0xe800) /* LDM, STM */
        return multiple(second);
    if ((first & 0xfe40) == 0xe840) /* LDRD, STRD (and exclusives) */
        return dual;
    if ((first & 0xfe00) == 0xf800) /* one register */
        return first & 0x10 ? load : store;
    if ((first & 0xffd0) == 0xfb90 && (second & 0xf0) == 0xf0)
        return division;
    return plain;
}

struct cost cost_of(const uint16_t words[2])
{
    if (words[0] >> 11 >= 0x1d)
        return cost_of_long(words[0], words[1]);
    return cost_of_short(words[0]);
}
