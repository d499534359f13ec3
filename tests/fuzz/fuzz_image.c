/* fuzz_image.c - placeholder */
