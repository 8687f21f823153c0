/* test_irq.c - which interrupts a card has, from trees as machines have them. */
#include "appliance/irq.h"

#include <errno.h>
#include <string.h>

#include "base/sys_file.h"
#include "tests/support/suite.h"
#include "tests/support/tree.h"

static const char *root;
static struct irq_line lines[IRQ_MAX_LINES];

static const char pi4[] =
	"           CPU0       CPU1       CPU2       CPU3\n"
	" 20:          1          0          0          0     GICv2 153 Level     uart-pl011\n"
	" 23:       1234          0          0          0     GICv2 114 Level     DMA IRQ\n"
	" 24:          9          0          0          0     GICv2 115 Level     DMA IRQ\n"
	" 39:        500          0          0          0  BRCM STB PCIe MSI 524288 Edge  "
	"xhci_hcd\n"
	" 40:          5          0          0          0     GICv2 189 Level     eth0\n"
	"IPI0:         1          2          3          4  Rescheduling interrupts\n"
	"Err:          0\n";

static void machine(const char *interrupts)
{
	root = tree_new();
	tree_file("proc/interrupts", interrupts);
}

static void test_soc_card_has_dma(void)
{
	machine(pi4);
	tree_file("proc/asound/card0/id", "sndrpihifiberry\n");
	tree_link("sys/class/sound/card0/device", "../../../soc:sound");
	CU_ASSERT_EQUAL_FATAL(irq_find(root, 0, lines), 2);
	CU_ASSERT_EQUAL(lines[0].number, 23);
	CU_ASSERT_EQUAL(lines[1].number, 24);
	CU_ASSERT_PTR_NOT_NULL(strstr(lines[0].name, "DMA IRQ"));
}

static void test_usb_card_has_its_controller(void)
{
	machine(pi4);
	tree_file("proc/asound/card1/usbid", "0d8c:0014\n");
	tree_file("proc/asound/card1/id", "eth0\n");
	CU_ASSERT_EQUAL_FATAL(irq_find(root, 1, lines), 1);
	CU_ASSERT_EQUAL(lines[0].number, 39);
}

static void test_pci_card_has_its_own(void)
{
	machine(" CPU0\n 40: 5 GICv2 189 Level eth0\n 41: 5 MSI 1 Edge odd\n");
	tree_file("sys/class/sound/card2/device/irq", "41\n");
	CU_ASSERT_EQUAL_FATAL(irq_find(root, 2, lines), 1);
	CU_ASSERT_EQUAL(lines[0].number, 41);
}

static void test_card_by_its_name(void)
{
	machine(" CPU0\n 7: 5 GIC 1 Level vdac2\n 8: 5 GIC 2 Level x, vdac\n 9: 1 GIC 3 Level "
		"dma\n");
	tree_file("proc/asound/card0/id", "vdac\n");
	CU_ASSERT_EQUAL_FATAL(irq_find(root, 0, lines), 1);
	CU_ASSERT_EQUAL(lines[0].number, 8);
}

static void test_none(void)
{
	machine(" CPU0\n 7: 5 GIC 1 Level uart\n");
	CU_ASSERT_EQUAL(irq_find(root, 0, lines), 0);
	CU_ASSERT_EQUAL(irq_open_card(root), -ENOENT);
	CU_ASSERT_EQUAL(irq_thread(root, 7), 0);
	root = tree_new();
	CU_ASSERT_EQUAL(irq_find(root, 0, lines), -ENOENT);
}

static void test_open_card(void)
{
	machine(pi4);
	tree_link("proc/self/fd/3", "/dev/snd/controlC1");
	tree_link("proc/self/fd/4", "/dev/snd/pcmC1D0c");
	CU_ASSERT_EQUAL(irq_open_card(root), -ENOENT);
	tree_link("proc/self/fd/5", "/dev/snd/pcmC2D0p");
	CU_ASSERT_EQUAL(irq_open_card(root), 2);
}

static void test_move(void)
{
	char text[32];

	machine(pi4);
	CU_ASSERT_EQUAL(irq_move(root, 23, 1), -ENOENT);
	tree_file("proc/irq/23/smp_affinity_list", "0-3\n");
	CU_ASSERT_EQUAL(irq_move(root, 23, 1), 0);
	sys_read(text, sizeof(text), root, "/proc/irq/23/smp_affinity_list");
	CU_ASSERT_STRING_EQUAL(text, "1");
	/* a controller that takes it and keeps to its own */
	tree_link("proc/irq/24/smp_affinity_list", "/dev/null");
	CU_ASSERT_EQUAL(irq_move(root, 24, 1), -EIO);
}

static void test_thread(void)
{
	machine(pi4);
	tree_file("proc/77/comm", "irq/230-other\n");
	tree_file("proc/78/comm", "irq/23-DMA IRQ\n");
	CU_ASSERT_EQUAL(irq_thread(root, 23), 78);
	CU_ASSERT_EQUAL(irq_thread(root, 24), 0);
}

SUITE_MAIN("irq", {"a SoC's card has DMA", test_soc_card_has_dma},
	{"a USB card has its controller", test_usb_card_has_its_controller},
	{"a PCI card has its own", test_pci_card_has_its_own},
	{"a card by its name", test_card_by_its_name}, {"none", test_none},
	{"the open card", test_open_card}, {"move", test_move}, {"its thread", test_thread})
