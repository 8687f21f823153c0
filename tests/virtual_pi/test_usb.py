"""7. USB audio: a USB card (QEMU's usb-audio on xhci, 16 bit) at 64x3 frames. What the card played is one
unbroken piece of the rendering, sample for sample, dither included. The controller's interrupt is served
by core 2, its thread above the producer's priority ([rt] irq_cpu)."""


from bench import Run, Test, first_difference, need, need_counters, render

SECONDS = 20
WAV = "usb.wav"

GUEST = """
modprobe xhci-pci
modprobe snd-usb-audio
for i in $(seq 50); do [ -e /proc/asound/card0 ] && break; sleep 0.1; done
cat /proc/asound/cards
amixer -q -c 0 sset 'Audio Output Volume Control' 100%% unmute
start --seconds %d
sleep 2
cat /proc/asound/card0/pcm0p/sub0/hw_params
for irq in $(sed -n 's/^ *\\([0-9]*\\):.*xhci.*/\\1/p' /proc/interrupts); do
	for task in /proc/[0-9]*; do
		case $(cat $task/comm) in irq/$irq-*) priority=$(cut -d' ' -f40 $task/stat) ;; esac
	done
	echo "irq $irq on $(cat /proc/irq/$irq/smp_affinity_list) priority $priority" >>/results/irqs
done
wait $chronus
""" % SECONDS


class UsbRun(Run):
    def boot(self):
        self.qemu = ["-audiodev", "wav,id=out,path=%s,out.frequency=48000,out.format=s16" % self.path(WAV),
            "-device", "qemu-xhci", "-device", "usb-audio,audiodev=out"]
        super().boot()


def judge(run):
    need_counters(run, none=0, drop=0, xrun=0, late=0)
    need("period_size: 64" in run.text("guest.log") and "buffer_size: 192" in run.text("guest.log"),
        "the card was not set up as 64x3:\n" + run.text("guest.log"))
    irqs = run.text("irqs").splitlines()
    need(irqs and all(irq.endswith(" on 2 priority 85") for irq in irqs), "interrupts: %s" % irqs)
    with open(run.path(WAV), "rb") as file:
        played = file.read()
    played = played[played.index(b"data") + 8:]
    rendered = render(run, SECONDS, sample_format="s16")
    # where the sound begins: a piece from a quarter of a second on is looked up in the recording
    probe = rendered[48000:48000 + 4096]
    need(len(set(probe)) > 16, "the probe is silence")
    at = played.find(probe)
    need(at >= 48000 and at % 4 == 0, "the rendering is not in the recording (%s)" % run.path(WAV))
    begin = at - 48000
    need(not any(played[:begin]), "something was heard before the beginning")
    body = played[begin:]
    equal = first_difference(body, rendered, 4)
    equal = len(rendered) // 4 if equal is None else equal
    need(equal >= (SECONDS - 1) * 48000, "the recording breaks after %d frames" % equal)
    return "xrun 0, %d frames equal to the rendering; interrupt on core 2, priority 85" % equal


RUN = UsbRun("usb-64x3", GUEST, {"audio.block_frames": 64, "audio.periods": 3, "rt.irq_cpu": 2})
TESTS = [Test(RUN.name, RUN, judge)]
