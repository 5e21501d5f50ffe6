import type { Region } from "./region.ts";

/**
 * The regions of `npm start`: places for people, all of them this machine. An operator declares its own in
 * `CAUSEWAY_REGIONS_FILE` (JSON, an array of `region`).
 */
export const defaultRegions: Region[] = [
  {
    id: "eu-west-dublin",
    name: "Dublin",
    place: "Ireland",
    coordinates: [-6.26, 53.35],
    residency: "Configuration, keys and analytics rest in Ireland, under EU law.",
    target: "local",
    price: { controlPlane: 30, node: 21 },
  },
  {
    id: "us-east-virginia",
    name: "Virginia",
    place: "United States",
    coordinates: [-77.45, 38.95],
    residency: "Configuration, keys and analytics rest in the United States.",
    target: "local",
    price: { controlPlane: 28, node: 19 },
  },
  {
    id: "ap-southeast-singapore",
    name: "Singapore",
    place: "Singapore",
    coordinates: [103.82, 1.35],
    residency: "Configuration, keys and analytics rest in Singapore.",
    target: "local",
    price: { controlPlane: 33, node: 23 },
  },
  {
    id: "sa-east-saopaulo",
    name: "São Paulo",
    place: "Brazil",
    coordinates: [-46.63, -23.55],
    residency: "Configuration, keys and analytics rest in Brazil, under the LGPD.",
    target: "local",
    price: { controlPlane: 38, node: 27 },
  },
  {
    id: "ap-south-mumbai",
    name: "Mumbai",
    place: "India",
    coordinates: [72.88, 19.08],
    residency: "Configuration, keys and analytics rest in India.",
    target: "local",
    price: { controlPlane: 29, node: 20 },
  },
  {
    id: "eu-central-frankfurt",
    name: "Frankfurt",
    place: "Germany",
    coordinates: [8.68, 50.11],
    residency: "Configuration, keys and analytics rest in Germany, under EU law.",
    target: "local",
    price: { controlPlane: 31, node: 22 },
  },
];
