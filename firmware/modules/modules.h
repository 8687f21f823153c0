/* modules.h - the descriptors of all modules, for the registry alone; others call module_find().
 * Threads: [any], constant. */
#ifndef MODULES_MODULES_H
#define MODULES_MODULES_H

#include "dsp/module.h"

extern const struct module_desc osc_module;
extern const struct module_desc fm_module;
extern const struct module_desc wavetable_module;
extern const struct module_desc noise_module;
extern const struct module_desc drum_module;
extern const struct module_desc pluck_module;
extern const struct module_desc adsr_module;
extern const struct module_desc lfo_module;
extern const struct module_desc slew_module;
extern const struct module_desc sah_module;
extern const struct module_desc scale_module;
extern const struct module_desc svf_module;
extern const struct module_desc vca_module;
extern const struct module_desc mixer_module;
extern const struct module_desc sum_module;
extern const struct module_desc pan_module;
extern const struct module_desc mix_module;
extern const struct module_desc dcblock_module;
extern const struct module_desc comb_module;
extern const struct module_desc delay_module;
extern const struct module_desc chorus_module;
extern const struct module_desc phaser_module;
extern const struct module_desc reverb_module;
extern const struct module_desc freeverb_module;
extern const struct module_desc ladder_module;
extern const struct module_desc eq_module;
extern const struct module_desc limiter_module;
extern const struct module_desc compressor_module;
extern const struct module_desc drive_module;
extern const struct module_desc clock_module;
extern const struct module_desc seq_module;
extern const struct module_desc euclid_module;
extern const struct module_desc keys_module;
extern const struct module_desc out_module;

#endif
